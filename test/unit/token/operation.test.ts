import { describe, expect, it } from 'vitest';
import { Needed } from '../../../src/protocol/codec.ts';
import { QUERY } from '../../../src/protocol/reader.ts';
import { answerExact, Operation, Operations } from '../../../src/token/operation.ts';

const result = Uint8Array.of(1, 2, 3);

describe('an operation’s answer', () => {
  it('tells the length first and takes no input for that', () => {
    const operation = new Operation(null);
    expect(operation.answer(QUERY, 16, () => expect.fail('took the input'), ['final'])).toEqual(new Needed(16, false));
  });

  it('gives a result that fits although its bound does not', () => {
    expect(new Operation(null).answer(3, 16, () => result, ['final'])).toEqual(result);
  });

  it('keeps a result that does not fit, and takes no input twice', () => {
    const operation = new Operation(null);
    let taken = 0;
    const produce = () => {
      taken++;
      return result;
    };
    expect(operation.answer(2, 16, produce, ['final'])).toEqual(new Needed(3, true));
    expect(operation.answer(QUERY, 16, produce, ['final'])).toEqual(new Needed(3, false));
    expect(operation.answer(3, 16, produce, ['final'])).toEqual(result);
    expect(taken).toBe(1);
  });

  it.each([
    ['another call with the same input', ['update', Uint8Array.of(7)]],
    ['the same call with other input', ['whole', Uint8Array.of(8)]],
    ['a call without input', ['final']],
  ] as const)('that did not fit is not given to %s', (_, other) => {
    const operation = new Operation(null);
    expect(operation.answer(2, 16, () => result, ['whole', Uint8Array.of(7)])).toEqual(new Needed(3, true));
    for (const space of [QUERY, 2, 16])
      expect(() => operation.answer(space, 16, () => expect.fail('took the input'), other)).toThrow('FUNCTION_FAILED');
    expect(operation.answer(3, 16, () => expect.fail('took the input'), ['whole', Uint8Array.of(7)])).toEqual(result);
  });

  it('of exact length produces nothing before there is room', () => {
    expect(answerExact(2, 3, () => expect.fail('took the input'))).toEqual(new Needed(3, true));
    expect(answerExact(3, 3, () => result)).toEqual(result);
  });
});

describe('a session’s operations', () => {
  it('refuse a second one of a kind, and allow one of another', () => {
    const operations = new Operations();
    operations.begin('sign', 1);
    expect(() => operations.begin('sign', 2)).toThrow('OPERATION_ACTIVE');
    operations.begin('digest', 3);
    expect(operations.get('sign').active).toBe(1);
  });

  it('are not active before they begin, and nothing else is admitted afterwards', () => {
    const operations = new Operations();
    operations.admit('sign');
    expect(() => operations.get('sign')).toThrow('OPERATION_NOT_INITIALIZED');
    operations.begin('sign', 1);
    expect(() => operations.admit('sign')).toThrow('OPERATION_ACTIVE');
    operations.admit('digest');
  });
});
