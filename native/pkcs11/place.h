// An address in the application, as addr2line takes it.

#pragma once

#define PLACE 300

/** "from FILE+OFFSET"; the bare address where no file is mapped there, "from an unknown place" for null. */
void place_name(const void *address, char text[PLACE]);
