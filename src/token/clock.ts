// The token's clock: the engine's own time, in C_GetTokenInfo and in the clock object alike.

/** YYYYMMDDhhmmss00. */
export const utcTime = (): string =>
  `${new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14)}00`;
