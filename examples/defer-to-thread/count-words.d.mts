export default function countWords(html: string): (readonly [word: string, count: number])[];
