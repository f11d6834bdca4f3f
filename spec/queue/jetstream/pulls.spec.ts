import type { Msg, MsgCallback, NatsConnection } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import type { Connection } from '../../../lib/queue/jetstream/connection.js';
import type { Delivery } from '../../../lib/queue/jetstream/delivery.js';
import { Names } from '../../../lib/queue/jetstream/names.js';
import { Pulls } from '../../../lib/queue/jetstream/pulls.js';

/** Pulls without a server: what comes is said by the test. */
function pullsByHand() {
  const delivered: number[] = [];
  let hear: MsgCallback<Msg> = () => undefined;
  const nats = {
    isClosed: () => false,
    publish: () => undefined,
    subscribe: (_: string, { callback }: { callback: MsgCallback<Msg> }) => {
      hear = callback;
      return {};
    },
  } as unknown as NatsConnection;
  const connection = { nats, api: '$JS.API' } as unknown as Connection;
  const onDelivery = ({ seq }: Delivery): void => void delivered.push(seq);
  const pulls = new Pulls(connection, new Names('q', 'sluice'), 1_000, onDelivery);
  return {
    pulls,
    delivered,
    deliver: (shard: number, seq: number) => {
      const reply = `$JS.ACK.q_inputs.shard_${shard}.1.${seq}.${seq}.0.9`;
      void hear(null, { subject: `sluice.q.input.${shard}.key`, reply, data: new Uint8Array() } as Msg);
    },
  };
}

it('a pull that was lost counts nothing of what comes for the next one of its shard', async () => {
  const { pulls, deliver, delivered } = pullsByHand();
  const lost = pulls.pull(0, 18);
  const next = pulls.pull(0, 2);
  const other = pulls.pull(1, 1);
  deliver(0, 1);
  deliver(0, 2);
  deliver(1, 3);
  expect(await Promise.all([lost, next, other])).toEqual(['unanswered', 'filled', 'filled']);
  expect(delivered).toEqual([1, 2, 3]);
});
