// Message-based signing and verifying (§5.13, §5.16) by mechanisms whose messages have no parameters of their own: what Init was given
// holds for each of them.

import type { Operations } from './mechanism.ts';
import { noParameter } from './parameter.ts';

type Single = Required<Pick<Operations, 'sign' | 'verify'>>;
export type EachMessage = Single & Required<Pick<Operations, 'messageSign' | 'messageVerify'>>;

/** Not for mechanisms whose parameter, or whose key, is for one message only. */
export const eachMessage = (single: Single): EachMessage => ({
  ...single,
  messageSign(key, parameter) {
    // A key or a parameter that does not fit is Init's to refuse.
    single.sign(key, parameter);
    return {
      begin(own) {
        noParameter(own);
        return single.sign(key, parameter);
      },
    };
  },
  messageVerify(key, parameter) {
    single.verify(key, parameter);
    return {
      begin(own) {
        noParameter(own);
        return single.verify(key, parameter);
      },
    };
  },
});
