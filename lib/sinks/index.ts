/**
 * Where bodies go instead of into memory: files, digests, nowhere.
 *
 * @module sluice/sinks
 */
export { digest } from './digest.js';
export type { SunkDigest } from './digest.js';
export { discard } from './discard.js';
export type { SunkBytes } from './discard.js';
export { sunkOf } from './sunk-of.js';
export { toFile } from './to-file.js';
export type { SunkFile, ToFileOptions } from './to-file.js';
export type { Resumption, Sink, SinkHead, SinkWriter } from '../model/sink.js';
export type { FetchRequest } from '../model/request.js';
export type { Page } from '../model/page.js';
