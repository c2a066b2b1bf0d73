#define _GNU_SOURCE
#include "launcher.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Whoever can rename entries of the parent can replace our folder. In a sticky folder, only owners can. */
static bool is_safe_parent(const struct stat *parent) {
  if (parent->st_uid != geteuid() && parent->st_uid != 0) return false;
  return (parent->st_mode & 022) == 0 || (parent->st_mode & S_ISVTX) != 0;
}

static int open_safely(const char *path) {
  mkdir(path, 0700);
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return -1;
  struct stat own, parent;
  if (fstat(folder, &own) == 0 && own.st_uid == geteuid() && (own.st_mode & 077) == 0 &&
      fstatat(folder, "..", &parent, 0) == 0 && is_safe_parent(&parent))
    return folder;
  close(folder);
  return -1;
}

/** The same folders as those of the places: protocol/core/src/patience/lock-folder.ts. */
int open_folder(void) {
  static const char *const variables[] = {"XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY"};
  char path[PATH_MAX];
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
    const char *parent = getenv(variables[i]);
    if (parent == NULL || *parent != '/') continue;
    // systemd separates several runtime directories by colons.
    int first = (int)(i == 0 ? strlen(parent) : strcspn(parent, ":"));
    if (snprintf(path, sizeof path, "%.*s/nixops4-resources", first, parent) >= (int)sizeof path) continue;
    int folder = open_safely(path);
    if (folder >= 0) return folder;
  }
  snprintf(path, sizeof path, "/tmp/nixops4-resources-%u", (unsigned)geteuid());
  return open_safely(path);
}
