import { describe, expect, it } from 'vitest';
import { privateRange } from '../../../lib/transports/undici/address.js';

describe('an address that is not of the public internet', () => {
  it.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['100.64.0.1', 'carrier grade nat'],
    ['100.100.100.200', 'carrier grade nat'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'cloud fabric'],
    ['169.254.169.254', 'link local'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.8', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['192.168.0.1', 'private'],
    ['198.18.0.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['100::1', 'discard'],
    ['2001::1', 'teredo'],
    ['2001:db8::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['5f00::1', 'segment routing'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'unique local'],
    ['fe80::1', 'link local'],
    ['fe80::1%eth0', 'link local'],
    ['fec0::1', 'deprecated site local'],
    ['ff02::1', 'multicast'],
  ])('%s is %s', (address, range) => {
    expect(privateRange(address)).toBe(range);
  });

  it.each([
    ['::ffff:127.0.0.1', 'loopback, as 127.0.0.1'],
    ['::ffff:a9fe:a9fe', 'link local, as 169.254.169.254'],
    ['::7f00:1', 'loopback, as 127.0.0.1'],
    ['64:ff9b::a00:1', 'private, as 10.0.0.1'],
    ['64:ff9b::168.63.129.16', 'cloud fabric, as 168.63.129.16'],
    ['2002:c0a8:1::1', 'private, as 192.168.0.1'],
  ])('%s carries one: %s', (address, range) => {
    expect(privateRange(address)).toBe(range);
  });

  it.each(['64:ff9b:1::1', '::ffff:0:7f00:1', '::ffff:0:1.1.1.1'])(
    '%s is none, whatever it carries',
    (address) => {
      expect(privateRange(address)).toMatch(/^rfc/);
    },
  );

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '::g'])('%j is no address at all', (text) => {
    expect(privateRange(text)).toBe('not an address');
  });
});

it.each([
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '172.32.0.1',
  '168.63.129.17',
  '2606:4700:4700::1111',
  '::ffff:1.1.1.1',
  '64:ff9b::1.1.1.1',
  '2002:101:101::1',
])('%s is public', (address) => {
  expect(privateRange(address)).toBeUndefined();
});
