/** What a queue was made for, by name: the values as JSON. */
export type About = ReadonlyMap<string, string>;

/** As it is stored and compared. */
export function aboutOf(given: Readonly<Record<string, unknown>>): About {
  return new Map(Object.entries(given).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** What is said now and was said otherwise, as a list to be read; undefined when there is nothing. */
export function differences(known: About, given: About): string | undefined {
  const differing = [...given].filter(([name, value]) => known.has(name) && known.get(name) !== value);
  if (differing.length === 0) return undefined;
  return differing.map(([name, value]) => `${name} was ${known.get(name)}, and is ${value} now`).join('; ');
}
