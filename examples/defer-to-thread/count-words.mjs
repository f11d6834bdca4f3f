/** Takes its time on the CPU: how often each word of a page occurs, and which are the most frequent. */
export default function countWords(html) {
  const words =
    html
      .replace(/<[^>]*>/g, ' ')
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
}
