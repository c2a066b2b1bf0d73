#define _GNU_SOURCE
#include "launcher.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

bool write_all(int fd, const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t written = write(fd, at, length);
    if (written >= 0) {
      at += written;
      length -= (size_t)written;
    } else if (errno == EAGAIN) {
      struct pollfd writable = {.fd = fd, .events = POLLOUT};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool reserve(char **bytes, size_t *capacity, size_t length, size_t more) {
  if (more > SIZE_MAX / 2 - length) return false;
  if (length + more <= *capacity) return true;
  size_t wanted = (length + more) * 2;
  char *moved = realloc(*bytes, wanted);
  if (moved == NULL) return false;
  *bytes = moved;
  *capacity = wanted;
  return true;
}
