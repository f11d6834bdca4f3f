import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A key and the certificate that it has signed itself, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Names and IPv4 addresses it is for. @default ['127.0.0.1'] */
  readonly hosts?: readonly string[];
  /** @default yesterday */
  readonly notBefore?: Date;
  /** @default tomorrow */
  readonly notAfter?: Date;
  /** Whose it is. @default 'sluice' */
  readonly name?: string;
  /** Who signs it; its certificate is not sent along. @default itself */
  readonly issuer?: Authority;
  /** It may sign others. @default false */
  readonly isAuthority?: boolean;
}

/** A CA, whose name its certificates bear. */
export interface Authority extends Certificate {
  readonly name: string;
}

/** Makes a CA that nobody knows. */
export function authority(name: string): Authority {
  return { name, ...selfSigned({ name, isAuthority: true }) };
}

const day = 86_400_000;

/** Makes an X.509 certificate (RFC 5280) with nothing but Node, signed by itself unless told by whom. */
export function selfSigned({
  hosts = ['127.0.0.1'],
  notBefore = new Date(Date.now() - day),
  notAfter = new Date(Date.now() + day),
  name = 'sluice',
  issuer,
  isAuthority = false,
}: CertificateOptions = {}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = (text: string): Buffer =>
    sequence(set(sequence(oid(2, 5, 4, 3), tagged(0x0c, Buffer.from(text)))));
  const ecdsaWithSha256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
  const altNames = sequence(
    ...hosts.map((host) =>
      isIPv4(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host)),
    ),
  );
  const body = sequence(
    tagged(0xa0, integer(2)), // version 3
    integer(1),
    ecdsaWithSha256,
    commonName(issuer?.name ?? name),
    sequence(time(notBefore), time(notAfter)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        sequence(oid(2, 5, 29, 17), tagged(0x04, altNames)),
        ...(isAuthority
          ? [sequence(oid(2, 5, 29, 19), tagged(0x04, sequence(tagged(0x01, Buffer.of(0xff)))))]
          : []),
      ),
    ),
  );
  const signer = issuer?.key ?? privateKey;
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, signer)]));
  return { key: pem(privateKey), cert: armoured(sequence(body, ecdsaWithSha256, signature)) };
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function armoured(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...items: Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(items));
}

function set(item: Uint8Array): Buffer {
  return tagged(0x31, item);
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.of(value));
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  const base128 = (value: number): number[] => {
    const digits = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  };
  return tagged(0x06, Buffer.of(first * 40 + second, ...rest.flatMap(base128)));
}

/** GeneralizedTime: `20261231235959Z`. */
function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
}
