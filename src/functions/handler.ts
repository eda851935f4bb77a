// A handler answers one C_ function: request in, result out, errors thrown. It may answer later.

import type { CallName } from '../protocol/calls.ts';
import type { Request, Result } from '../protocol/codec.ts';
import type { Context } from '../token/context.ts';

export type Handler<N extends CallName> = (context: Context, request: Request<N>) => Result<N> | Promise<Result<N>>;
export type Handlers = { readonly [N in CallName]: Handler<N> };

export const EMPTY = new Uint8Array(0);
