import fc from 'fast-check';
import { MessageReader } from './wire-listener.mjs';

function message(body: Uint8Array): Buffer {
  const buffer = Buffer.alloc(16 + body.length);
  buffer.writeInt32LE(buffer.length, 0);
  buffer.set(body, 16);
  return buffer;
}

describe('MessageReader', () => {
  it('should give the same messages however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (bodies, cuts) => {
          const messages = bodies.map(message);
          const stream = Buffer.concat(messages);
          const reader = new MessageReader();
          const read: Buffer[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const size = cuts[i % cuts.length]!;
            read.push(...reader.push(stream.subarray(at, at + size)));
            at += size;
          }
          expect(read.map((item) => item.toString('hex'))).toEqual(messages.map((item) => item.toString('hex')));
        },
      ),
    );
  });

  it.each([-1, 0, 15, 48_000_001])('should refuse a message of %i bytes', (length) => {
    const head = Buffer.alloc(4);
    head.writeInt32LE(length, 0);
    expect(() => new MessageReader().push(head)).toThrow(RangeError);
  });
});
