// The bakery, step by step, with the threads played by one.

import { describe, expect, it } from 'vitest';
import { Claims, lockMemory, READ, releaseAll, WRITE } from '../../../src/locks/claims.ts';

function threads(count = 3) {
  const memory = lockMemory(count);
  return { memory, words: new Int32Array(memory), all: Array.from({ length: count }, (_, n) => new Claims(memory, n)) };
}

const holdsIt = (claims: Claims, claim: number) => claims.obstacle(claim) === undefined;

describe('claims on one object', () => {
  it('stand before each other in the order of their tickets, whichever thread drew them', () => {
    const { all } = threads();
    const [a, b, c] = all as [Claims, Claims, Claims];
    const third = c.open(7, WRITE)!;
    const first = a.open(7, WRITE)!;
    const second = b.open(7, READ)!;
    expect([holdsIt(c, third), holdsIt(a, first), holdsIt(b, second)]).toEqual([true, false, false]);
    c.close(third);
    expect([holdsIt(a, first), holdsIt(b, second)]).toEqual([true, false]);
    a.close(first);
    expect(holdsIt(b, second)).toBe(true);
  });

  it('to read stand beside each other, but not before a writer who came earlier', () => {
    const { all } = threads(4);
    const [a, b, c, d] = all as [Claims, Claims, Claims, Claims];
    const [read1, read2] = [d.open(7, READ)!, b.open(7, READ)!];
    const write = c.open(7, WRITE)!;
    const late = a.open(7, READ)!;
    expect([holdsIt(d, read1), holdsIt(b, read2), holdsIt(c, write), holdsIt(a, late)]).toEqual([true, true, false, false]);
    d.close(read1);
    expect([holdsIt(c, write), holdsIt(a, late)]).toEqual([false, false]);
    b.close(read2);
    expect([holdsIt(c, write), holdsIt(a, late)]).toEqual([true, false]);
    c.close(write);
    expect(holdsIt(a, late)).toBe(true);
  });

  it('with the same ticket are told apart by their places', () => {
    const { words, all } = threads();
    const [a, b] = all as [Claims, Claims];
    const [first, second] = [a.open(7, WRITE)!, b.open(7, WRITE)!];
    words[second + TICKET] = words[first + TICKET]!;
    expect([holdsIt(a, first), holdsIt(b, second)]).toEqual([true, false]);
  });

  it('of which one has not yet drawn its ticket wait for it', () => {
    const { words, all } = threads();
    const [a, b] = all as [Claims, Claims];
    const drawing = a.open(7, READ)!;
    words[drawing + STATE] = CHOOSING;
    const claim = b.open(7, WRITE)!;
    expect(b.obstacle(claim)).toMatchObject({ place: drawing, brief: true });
    words[drawing + STATE] = READ;
    words[drawing + TICKET] = words[claim + TICKET]! + 1;
    expect(holdsIt(b, claim)).toBe(true);
  });

  it('keep their order when tickets count round', () => {
    const { words, all } = threads();
    const [a, b, c] = all as [Claims, Claims, Claims];
    const first = a.open(7, WRITE)!;
    words[first + TICKET] = 2 ** 31 - 1;
    const second = c.open(7, WRITE)!;
    const third = b.open(7, WRITE)!;
    expect(words[second + TICKET]).toBe(-(2 ** 31));
    expect([holdsIt(a, first), holdsIt(c, second), holdsIt(b, third)]).toEqual([true, false, false]);
    a.close(first);
    expect([holdsIt(c, second), holdsIt(b, third)]).toEqual([true, false]);
  });

  it('to read draw no higher and higher tickets while others read', () => {
    const { words, all } = threads();
    const [a, b] = all as [Claims, Claims];
    let [mine, other] = [a.open(7, READ)!, b.open(7, READ)!];
    for (let n = 0; n < 100; n++) {
      a.close(mine);
      mine = a.open(7, READ)!;
      b.close(other);
      other = b.open(7, READ)!;
    }
    expect([words[mine + TICKET], words[other + TICKET]]).toEqual([0, 0]);
  });
});

describe('places', () => {
  it('are used again, and there are sixteen', () => {
    const { all } = threads(1);
    const [a] = all as [Claims];
    const claims = Array.from({ length: 16 }, (_, n) => a.open(n + 1, WRITE)!);
    expect(new Set(claims).size).toBe(16);
    expect(a.open(17, WRITE)).toBeUndefined();
    a.close(claims[3]!);
    expect(a.open(17, WRITE)).toBe(claims[3]);
  });

  it('of a dead thread are empty and can be given to its successor', () => {
    const { memory, words, all } = threads();
    const [a, b] = all as [Claims, Claims];
    a.open(7, WRITE);
    const drawing = a.open(7, WRITE)!;
    words[drawing + STATE] = CHOOSING;
    const claim = b.open(7, WRITE)!;
    expect(holdsIt(b, claim)).toBe(false);
    releaseAll(memory, 0);
    expect(holdsIt(b, claim)).toBe(true);
    const successor = new Claims(memory, 0);
    expect(holdsIt(successor, successor.open(7, READ)!)).toBe(false);
  });
});

/** The layout of a place, and the state that no caller sees. */
const [STATE, TICKET] = [0, 2];
const CHOOSING = 1;
