import { answer, type Outcome } from './answers.js';
import { backoffs, project } from './callbacks.js';
import { inputKind } from './inputs.js';
import type { Scenario } from './scenario.js';
import type { FailureKind } from 'sluice';

/** What a record must say. */
interface Foretold {
  readonly ok: boolean;
  readonly kind?: FailureKind | undefined;
  readonly attempts: number;
}

/** What must become of an input whatever its company does; undefined where that is not simple. */
export function foretell(scenario: Scenario, index: number): Foretold | undefined {
  const { inputs, answers, retries, backoff, project: projectName } = scenario;
  const input = inputs[index];
  if (!input || inputKind(input).valid === 'either') return undefined;
  const { valid, idempotent = true } = inputKind(input);
  if (scenario.totalTime !== undefined) return undefined;
  if (valid === false) return { ok: false, kind: 'invalid', attempts: 0 };
  if (scenario.attemptTime < 50 || scenario.acceptStatus) return undefined;
  if (scenario.interceptors.some((name) => name !== 'passes on')) return undefined;

  const names = answers[index % answers.length] ?? [];
  for (let attempts = 1; ; attempts++) {
    const name = names[Math.min(attempts, names.length) - 1];
    let outcome: Outcome = name === undefined ? { ok: true } : answer(name).outcome;
    if (outcome.ok && projectName !== undefined) outcome = project(projectName).outcome;
    if (outcome.ok) return { ok: true, attempts };
    if (!outcome.retryable || attempts > retries || !idempotent)
      return { ok: false, kind: outcome.kind, attempts };
    if ('breaks' in backoffs[backoff]) return { ok: false, kind: 'project', attempts };
  }
}
