// Settings: the environment first, then the user's file, then the system's. In a program with more rights than its caller
// (secure_getenv) the caller's environment decides nothing.

#include "setting.h"

#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layout.h"

#define CONFIGURATION_MAX 8192

static bool fits(int printed, size_t size)
{
    return printed >= 0 && (size_t)printed < size;
}

/** The user's own folder, from the environment or else the system's records. */
static bool user_folder(char *folder, size_t size)
{
    const char *home = secure_getenv("HOME");
    struct passwd entry, *found = NULL;
    char text[4096];

    if (home && home[0] == '/')
        return fits(snprintf(folder, size, "%s", home), size);
    if (getpwuid_r(geteuid(), &entry, text, sizeof text, &found) != 0 || !found || found->pw_dir[0] != '/')
        return false;
    return fits(snprintf(folder, size, "%s", found->pw_dir), size);
}

/** A path below one of the folders of the XDG specification, which wants relative ones to be ignored. */
static bool user_path(char *path, size_t size, const char *variable, const char *folder, const char *name)
{
    const char *chosen = secure_getenv(variable);
    char home[PATH_MAX];

    if (chosen && chosen[0] == '/')
        return fits(snprintf(path, size, "%s/%s", chosen, name), size);
    return user_folder(home, sizeof home) && fits(snprintf(path, size, "%s/%s/%s", home, folder, name), size);
}

/** The file's text; false where it is absent, or where others than its reader and root may have written it. */
static bool configuration_read(const char *path, char text[CONFIGURATION_MAX])
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat about;
    ssize_t length = -1;

    if (file < 0)
        return false;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && (about.st_uid == 0 || about.st_uid == geteuid()) &&
        (about.st_mode & 022) == 0)
        length = read(file, text, CONFIGURATION_MAX - 1);
    close(file);
    if (length < 0)
        return false;
    text[length] = '\0';
    return true;
}

static const char *past_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/** The value of a line `key = "value"`, in quotes of either kind and without escapes. */
static bool line_value(const char *line, const char *key, char *value, size_t size)
{
    const size_t length = strlen(key);
    const char *at = past_blanks(line), *end;

    if (strncmp(at, key, length) != 0)
        return false;
    at = past_blanks(at + length);
    if (*at != '=')
        return false;
    at = past_blanks(at + 1);
    if (*at != '"' && *at != '\'')
        return false;
    end = at + 1 + strcspn(at + 1, *at == '"' ? "\"\\\n" : "'\n");
    return *end == *at && fits(snprintf(value, size, "%.*s", (int)(end - at - 1), at + 1), size);
}

static bool configuration_value(const char *path, const char *key, char *value, size_t size)
{
    char text[CONFIGURATION_MAX];

    if (!configuration_read(path, text))
        return false;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        // What stands below the first heading belongs to a table, and the library reads none of those.
        if (*past_blanks(line) == '[')
            return false;
        if (line_value(line, key, value, size))
            return true;
    }
    return false;
}

bool setting_read(const char *key, const char *variable, char *value, size_t size)
{
    const char *chosen = secure_getenv(variable);
    char path[PATH_MAX];

    if (chosen && chosen[0] != '\0')
        return fits(snprintf(value, size, "%s", chosen), size);
    if (geteuid() != 0 && user_path(path, sizeof path, "XDG_CONFIG_HOME", ".config", "strongroom.toml") &&
        configuration_value(path, key, value, size))
        return true;
    return configuration_value("/etc/strongroom.toml", key, value, size);
}

int setting_choose(const char *key, const char *variable, const char *const *choices, int count)
{
    char value[32] = "";

    if (!setting_read(key, variable, value, sizeof value))
        return 0;
    for (int choice = 0; choice < count; choice++)
        if (strcmp(value, choices[choice]) == 0)
            return choice;
    return -1;
}

bool setting_home(char *home, size_t size, bool *usual)
{
    home[0] = '\0';
    *usual = !setting_read("home", "STRONGROOM_HOME", home, size);
    if (!*usual)
        return home[0] == '/';
    if (geteuid() == 0)
        return fits(snprintf(home, size, "/var/lib/strongroom"), size);
    return user_path(home, size, "XDG_DATA_HOME", ".local/share", "strongroom");
}

uint32_t setting_points(void)
{
    const char *wanted = secure_getenv("STRONGROOM_EC_POINT_FORM");

    if (wanted && strcmp(wanted, "standard") == 0)
        return POINTS_STANDARD;
    return wanted && strcmp(wanted, "octet-string") == 0 ? POINTS_OCTET_STRING : POINTS_AS_SET;
}
