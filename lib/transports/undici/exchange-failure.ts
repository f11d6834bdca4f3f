import type { PeerCertificate } from 'node:tls';
import { toFetchError } from '../../model/failure-codes.js';
import { FetchError, type Phase } from '../../model/fetch-error.js';
import { quote } from '../../model/target.js';
import { PrivateAddressError } from './address-guard.js';
import { ProxyError } from './proxy-error.js';

const unknownCa =
  'the issuer of the certificate is not known here: if it is meant, give its certificate to `ca` of undiciTransport';
const incomplete = `${unknownCa}; if it is a public site, it does not send all of its chain`;
const otherHost =
  'ask for the host by a name that the certificate has, or set `servername` of undiciTransport';

const noTls = 'what answers there does not speak TLS: should it be http://, or another port?';

/** What is wrong with trust, by OpenSSL's code, and what to do. */
const trust: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired: its owner must renew it, unless the clock here is fast',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: is the clock here slow?',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'the certificate is signed by itself: if it is meant, give it to `ca` of undiciTransport',
  SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT: incomplete,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: incomplete,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: incomplete,
  ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the server asks for a certificate of yours: give `cert` and `key` to undiciTransport',
};

/** The error of a record: what happened to a request, and in which phase. */
export function failureOf(error: unknown, subject: string, phase: Phase): FetchError {
  if (error instanceof PrivateAddressError || error instanceof ProxyError) return error.failure(subject);
  const failure = toFetchError(error, subject, { phase });
  const sentence = untold(error, failure);
  if (sentence === undefined) return failure;
  const { kind, retryable, code, cause } = failure;
  return new FetchError(kind, `${subject}: ${sentence}`, { retryable, code, phase, cause });
}

/** What a code or a list of errors has to say, and its message does not. */
function untold(error: unknown, { code }: FetchError): string | undefined {
  if (error instanceof AggregateError) {
    const tried = error.errors.map((one) => (one instanceof Error ? one.message : String(one)));
    return `none of ${tried.length} addresses could be connected: ${tried.join(', ')}`;
  }
  if (code === undefined || !Object.hasOwn(trust, code)) return undefined;
  return `${namesOf(error)}${trust[code] ?? ''} (${code})`;
}

/** Of a certificate that is another host's: whose. */
function namesOf(error: unknown): string {
  const { cert, host } = error as { cert?: Partial<PeerCertificate>; host?: string };
  if (!cert || host === undefined) return '';
  return `the certificate is for ${quote(cert.subjectaltname ?? 'nobody')}, not for ${host}: `;
}
