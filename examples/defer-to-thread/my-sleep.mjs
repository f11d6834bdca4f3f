/** A synchronous function that blocks its thread. What it returns is what the Observable emits. */
export default function mySleep(seconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1_000);
  return 3;
}
