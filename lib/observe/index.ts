export { marbleDiagram } from './marble-diagram.js';
export type { MarbleDiagramOptions } from './marble-diagram.js';
export { marbleSvg } from './marble-svg.js';
export type { MarbleSvgOptions } from './marble-svg.js';
export { toMarbleSpec } from './to-marble-spec.js';
export type { MarbleSpecOptions, ReplayedOptions } from './replay/options.js';
