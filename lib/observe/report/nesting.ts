/** Whether arrays and objects stand in each other more than so many `levels` deep: JSON.parse reads what JSON.stringify cannot write. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
