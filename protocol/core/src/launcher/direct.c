#define _GNU_SOURCE
#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/** Providers without a worker that may run at a time: a thousand would need 8 GiB. */
enum { PLACES = 32 };

void take_place(int folder) {
  int first = getpid() % PLACES;
  // The free ones first, then one that is waited for.
  for (int i = 0; i <= PLACES; i++) {
    char name[32];
    snprintf(name, sizeof name, "direct-%d", (first + i) % PLACES);
    // The provider keeps the descriptor, and with it the place, until it ends.
    int place = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (place < 0) return;
    bool is_last = i == PLACES;
    while (flock(place, is_last ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR && stop_signal == 0) continue;
      if (is_last || errno != EWOULDBLOCK) return;
      close(place);
      place = -1;
      break;
    }
    if (place >= 0) return;
  }
}

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "Unable to start the provider: %s: %s.\n", what, strerror(errno));
  _exit(127);
}

void become_provider(char **arguments) {
#ifdef NO_FALLBACK
  // Tests see then that a worker has answered.
  if (arguments[1] == NULL) fail("its worker is unusable");
#endif
  size_t count = 0;
  while (arguments[count] != NULL) count++;
  char **given = calloc(count + 2, sizeof *given);
  if (given == NULL) fail("memory is short");
  given[0] = (char *)NODE;
  given[1] = (char *)MAIN;
  for (size_t i = 1; i < count; i++) given[i + 1] = arguments[i];
  execv(NODE, given);
  fail(NODE);
}

/** Writes the lines and then stdin to the pipe, until the provider has ended or stdin has. */
static _Noreturn void feed(const struct input *input, int pipe) {
  // Whoever reads the provider's output waits until nobody has it open any more.
  close(1);
  close(2);
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  if (!write_input(input, pipe)) _exit(0);
  while (!input->ended) {
    struct pollfd files[] = {{.fd = 0, .events = POLLIN}, {.fd = pipe}};
    if (poll(files, 2, -1) < 0 && errno != EINTR) break;
    if (files[1].revents != 0) break;
    if (files[0].revents == 0) continue;
    char block[65536];
    ssize_t length = read(0, block, sizeof block);
    if (length < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (length <= 0 || !write_all(pipe, block, (size_t)length)) break;
  }
  _exit(0);
}

void hand_over(const struct input *input) {
  if (input->length > 0) {
    int ends[2];
    if (pipe(ends) != 0) fail("pipe");
    pid_t feeder = fork();
    if (feeder < 0) fail("fork");
    if (feeder == 0) {
      dup2(ends[1], 3);
      close_range(4, ~0U, 0);
      feed(input, 3);
    }
    dup2(ends[0], 0);
    close(ends[0]);
    close(ends[1]);
  }
  // What this process ignores or blocks, the provider would, too.
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  become_provider((char *[]){(char *)MAIN, NULL});
}
