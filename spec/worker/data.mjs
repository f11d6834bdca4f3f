export const rate = 1;
export default { rate };
