import { describe, expect, it } from 'vitest';
import { ApplicationBoard, LOGIN, SESSIONS, TokenBoard } from '../../../src/token/board.ts';

const READ_ONLY = false;
const READ_WRITE = true;

describe('an application’s board', () => {
  it('counts sessions, read-write ones apart', () => {
    const board = new ApplicationBoard();
    const epoch = board.open(5, READ_ONLY);
    board.open(5, READ_WRITE);
    board.open(6, READ_WRITE);
    expect(board.state(5)).toMatchObject({ sessions: 2, rwSessions: 1 });
    board.close(5, READ_ONLY, epoch);
    expect(board.state(5)).toMatchObject({ sessions: 1, rwSessions: 1 });
    expect(board.state(6)).toMatchObject({ sessions: 1, rwSessions: 1 });
  });

  it('is the same for two threads that share its memory', () => {
    const board = new ApplicationBoard();
    board.open(1, READ_WRITE);
    board.logIn(1, LOGIN.USER);
    const other = new ApplicationBoard(board.buffer);
    expect(other.login(1)).toBe(LOGIN.USER);
    other.logOut(1);
    expect(board.login(1)).toBe(LOGIN.PUBLIC);
  });

  it('logs out with the last session closed (§5.6.2), and says so once', () => {
    const board = new ApplicationBoard();
    const epoch = board.open(0, READ_WRITE);
    board.open(0, READ_WRITE);
    board.logIn(0, LOGIN.USER);
    expect(board.close(0, READ_WRITE, epoch)).toBe(false);
    expect(board.login(0)).toBe(LOGIN.USER);
    expect(board.close(0, READ_WRITE, epoch)).toBe(true);
    expect(board.login(0)).toBe(LOGIN.PUBLIC);
    expect(board.generation(0)).toBe(1);
  });

  it('refuses a login when no session is left', () => {
    const board = new ApplicationBoard();
    expect(board.logIn(3, LOGIN.USER)).toBe(false);
    expect(board.login(3)).toBe(LOGIN.PUBLIC);
  });

  it('refuses a read-only session while the SO is logged in', () => {
    const board = new ApplicationBoard();
    board.open(2, READ_WRITE);
    board.logIn(2, LOGIN.SO);
    expect(() => board.open(2, READ_ONLY)).toThrow('SESSION_READ_WRITE_SO_EXISTS');
    expect(board.state(2).sessions).toBe(1);
  });

  it('refuses more sessions than an application may have, and counts no refused one', () => {
    const board = new ApplicationBoard();
    for (let n = 0; n < SESSIONS; n++) board.open(1, READ_WRITE);
    expect(() => board.open(1, READ_WRITE)).toThrow('SESSION_COUNT');
    expect(board.state(1)).toMatchObject({ sessions: SESSIONS, rwSessions: SESSIONS, login: LOGIN.PUBLIC, epoch: 0 });
  });

  it('closes all sessions at once by a new epoch, and a late close of an old one changes nothing', () => {
    const board = new ApplicationBoard();
    const old = board.open(4, READ_WRITE);
    board.logIn(4, LOGIN.USER);
    expect(board.closeAll(4)).toBe(true);
    expect(board.epoch(4)).not.toBe(old);
    expect(board.state(4)).toMatchObject({ sessions: 0, rwSessions: 0, login: LOGIN.PUBLIC });
    board.open(4, READ_WRITE);
    expect(board.close(4, READ_WRITE, old)).toBe(false);
    expect(board.state(4).sessions).toBe(1);
  });

  it('counts a generation for each login that ended, however it ended', () => {
    const board = new ApplicationBoard();
    const epoch = board.open(0, READ_WRITE);
    board.logIn(0, LOGIN.USER);
    board.logOut(0);
    expect(board.logOut(0)).toBe(false);
    board.logIn(0, LOGIN.SO);
    board.close(0, READ_WRITE, epoch);
    expect(board.generation(0)).toBe(2);
  });

  it('keeps its words apart when epochs wrap round', () => {
    const board = new ApplicationBoard();
    for (let n = 0; n < 2 ** 18; n++) board.closeAll(7);
    expect(board.epoch(7)).toBe(0);
    board.open(7, READ_WRITE);
    expect(board.state(7)).toEqual({ sessions: 1, rwSessions: 1, login: LOGIN.PUBLIC, epoch: 0 });
  });

  it('tells of a token that was made or deleted once, and of nothing from before it began', () => {
    const tokens = new TokenBoard();
    tokens.reincarnate(9);
    const board = new ApplicationBoard();
    board.clearEvents(tokens);
    expect(board.takeEvent(tokens)).toBeUndefined();
    tokens.reincarnate(3);
    tokens.reincarnate(3);
    expect(new ApplicationBoard(board.buffer).takeEvent(tokens)).toBe(3);
    expect(board.takeEvent(tokens)).toBeUndefined();
  });
});

describe('session objects', () => {
  it('are as many as an application may have, whichever workers count them', () => {
    const board = new ApplicationBoard();
    const elsewhere = new ApplicationBoard(board.buffer);
    board.holdObjects(99_998);
    expect(() => elsewhere.holdObjects(3)).toThrow('CKR_DEVICE_MEMORY');
    elsewhere.holdObjects(2);
    expect(() => board.holdObjects(1)).toThrow('CKR_DEVICE_MEMORY');
    expect([board.sessionObjects, elsewhere.sessionObjects]).toEqual([100_000, 100_000]);
    elsewhere.releaseObjects(1);
    board.holdObjects(1);
    expect(new ApplicationBoard().sessionObjects).toBe(0);
  });
});
