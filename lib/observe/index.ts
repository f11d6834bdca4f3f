/**
 * Real runs as marble diagrams: text, a picture, a test that replays them. Functions of the events alone.
 *
 * @module sluice/observe
 */
export { marbleDiagram } from './marble-diagram.js';
export type { MarbleDiagramOptions } from './marble-diagram.js';
export { marbleSvg } from './marble-svg.js';
export type { MarbleSvgOptions } from './marble-svg.js';
export { toMarbleSpec } from './to-marble-spec.js';
export type { MarbleSpecOptions, ReplayedOptions } from './replay/options.js';
