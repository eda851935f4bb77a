// What the library itself needs to know of the settings (src/settings.ts has them all, and the rules).

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads a setting from the environment or the first configuration file that names it. False leaves `value` alone. */
bool setting_read(const char *key, const char *variable, char *value, size_t size);

/** The place of a setting's value among its choices, the first of which is the default; -1 where it is none of them. */
int setting_choose(const char *key, const char *variable, const char *const *choices, int count);

/** The folder of the store, absolute; false where there is no telling. `usual`: nobody chose it, so it may be made with its parents. */
bool setting_home(char *home, size_t size, bool *usual);

/** The form of CKA_EC_POINT that this process's own environment asks for, as the hello says it; the files are the engine's to read. */
uint32_t setting_points(void);
