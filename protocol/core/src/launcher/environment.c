#define _GNU_SOURCE
#include "launcher.h"
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/** FNV-1a with 128 bits. Nobody gains by a collision: whoever could bring one about is the user that the worker runs as. */
typedef unsigned __int128 hash;

static void add(hash *sum, const void *bytes, size_t length) {
  static const hash prime = ((hash)1 << 88) + 0x13b;
  for (const unsigned char *at = bytes; length-- > 0; at++) *sum = (*sum ^ *at) * prime;
}

static bool add_file(hash *sum, const char *path) {
  struct stat file;
  if (stat(path, &file) != 0) return false;
  const uint64_t identity[] = {file.st_dev, file.st_ino, (uint64_t)file.st_mtim.tv_sec, (uint64_t)file.st_mtim.tv_nsec};
  add(sum, path, strlen(path) + 1);
  add(sum, identity, sizeof identity);
  return true;
}

/** The working folder by its path, too: relative paths of inputs and of error messages depend on it. */
static bool add_folders(hash *sum) {
  char path[PATH_MAX];
  struct stat root;
  if (getcwd(path, sizeof path) == NULL || !add_file(sum, path) || stat("/", &root) != 0) return false;
  const uint64_t identity[] = {root.st_dev, root.st_ino};
  add(sum, identity, sizeof identity);
  return true;
}

static bool add_rights(hash *sum) {
  mode_t mask = umask(0);
  umask(mask);
  add(sum, &mask, sizeof mask);
  const uid_t ids[] = {getuid(), getgid()};
  add(sum, ids, sizeof ids);
  gid_t groups[NGROUPS_MAX];
  int count = getgroups(NGROUPS_MAX, groups);
  if (count < 0) return false;
  add(sum, groups, (size_t)count * sizeof *groups);
  for (int kind = 0; kind < RLIM_NLIMITS; kind++) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)kind, &limit) != 0) return false;
    add(sum, &limit, sizeof limit);
  }
  return true;
}

static bool add_namespaces(hash *sum) {
  static const char *const kinds[] = {"mnt", "net", "pid", "user"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char path[32], target[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
    ssize_t length = readlink(path, target, sizeof target);
    if (length < 0) return false;
    add(sum, target, (size_t)length);
  }
  return true;
}

/** The process that runs the apply. The time of its start tells it from a later process with the same id. */
static bool add_parent(hash *sum) {
  char path[32], text[1024];
  pid_t parent = getppid();
  snprintf(path, sizeof path, "/proc/%d/stat", parent);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return false;
  text[length] = '\0';
  // The name stands in parentheses and may contain anything; the start time is the 20th field after it (proc_pid_stat(5)).
  char *field = strrchr(text, ')');
  for (int skipped = 0; field != NULL && skipped < 20; skipped++) field = strchr(field + 1, ' ');
  if (field == NULL) return false;
  add(sum, &parent, sizeof parent);
  add(sum, field, strcspn(field + 1, " ") + 1);
  return true;
}

bool name_worker(struct name *name) {
  hash sum = ((hash)0x6c62272e07bb0142 << 64) + 0x62b821756295c58d;
  size_t length;
  char *block = environment_block(&length);
  if (block == NULL) return false;
  add(&sum, block, length);
  free(block);
  if (!add_file(&sum, NODE) || !add_file(&sum, MAIN) || !add_folders(&sum) || !add_rights(&sum) ||
      !add_namespaces(&sum) || !add_parent(&sum))
    return false;
  snprintf(name->text, sizeof name->text, "worker-%016llx%016llx", (unsigned long long)(sum >> 64),
           (unsigned long long)sum);
  return true;
}

char *environment_block(size_t *length) {
  *length = 0;
  for (char **variable = environ; *variable != NULL; variable++) *length += strlen(*variable) + 1;
  char *block = malloc(*length + 1), *at = block;
  if (block == NULL) return NULL;
  for (char **variable = environ; *variable != NULL; variable++) at = stpcpy(at, *variable) + 1;
  return block;
}
