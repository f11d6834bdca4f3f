/// <reference lib="dom" />
import { fetchFrom, type FetchInput, type FetchResult } from 'sluice';

/** Options that can be handed to a page. */
export interface PageOptions {
  readonly concurrency?: number;
  readonly maxBodyBytes?: number;
  readonly maxRedirects?: number;
  readonly timeout?: number;
}

declare global {
  interface Window {
    /** Fetches and shows a row for each record; resolves once all is done. */
    run(inputs: readonly FetchInput[], options?: PageOptions): Promise<void>;
  }
}

const list = document.body.appendChild(document.createElement('ol'));
const button = document.body.appendChild(document.createElement('button'));
button.textContent = 'Cancel';

window.run = (inputs, options = {}) => {
  list.replaceChildren();
  const cancel = new AbortController();
  button.onclick = () => {
    cancel.abort();
  };
  return new Promise((resolve, reject) => {
    fetchFrom(inputs, { retry: false, ...options, signal: cancel.signal }).subscribe({
      next: (result) => list.appendChild(document.createElement('li')).append(shown(result)),
      error: reject,
      complete: resolve,
    });
  });
};

function shown(result: FetchResult): string {
  if (result.ok) {
    const { status, url, encodedBytes } = result.value;
    return [result.index, status, url, encodedBytes, result.value.text()].join(' | ');
  }
  const { kind, phase, message } = result.error;
  return [result.index, kind, phase ?? '', message].join(' | ');
}
