// Starts a process for each request, all at once, as NixOps4 does: the same pipes, the same process group, stdin open until
// the answer.
//   crowd REQUESTS PROGRAM [ARGUMENT...]
// REQUESTS is a file with one line for each process. Prints the answers as they come, and `{"seconds":S}` when all are there.
// Ends the processes at the end of its own stdin, so that somebody can look at them before, and prints `{"cpuMs":C}`.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct member {
  pid_t pid;
  int in, out;
};

static void require(bool is_true, const char *what) {
  if (is_true) return;
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct member start(char **program) {
  int in[2], out[2];
  require(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0, "pipe");
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], 0);
  posix_spawn_file_actions_adddup2(&files, out[1], 1);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  struct member member = {.in = in[1], .out = out[0]};
  require(posix_spawnp(&member.pid, *program, &files, NULL, program, environ) == 0, *program);
  posix_spawn_file_actions_destroy(&files);
  close(in[0]);
  close(out[1]);
  return member;
}

/** Passes output of a member on. True if its answer is complete, or it has ended. */
static bool answers(struct member *member) {
  char block[65536];
  ssize_t length = read(member->out, block, sizeof block);
  if (length > 0) fwrite(block, 1, (size_t)length, stdout);
  bool is_complete = length <= 0 || block[length - 1] == '\n';
  if (is_complete) {
    close(member->out);
    member->out = -1;
  }
  return is_complete;
}

static void wait_for_answers(struct member *members, size_t count) {
  struct pollfd *files = calloc(count, sizeof *files);
  require(files != NULL, "memory");
  for (size_t left = count; left > 0;) {
    for (size_t i = 0; i < count; i++) files[i] = (struct pollfd){.fd = members[i].out, .events = POLLIN};
    require(poll(files, count, -1) >= 0, "poll");
    for (size_t i = 0; i < count; i++)
      if (files[i].revents != 0 && answers(&members[i])) left--;
  }
  free(files);
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit open_files;
  getrlimit(RLIMIT_NOFILE, &open_files);
  open_files.rlim_cur = open_files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &open_files);
  FILE *requests = fopen(arguments[1], "r");
  require(requests != NULL, arguments[1]);
  fcntl(fileno(requests), F_SETFD, FD_CLOEXEC);

  struct member *members = NULL;
  size_t started = 0, size = 0;
  char *line = NULL;
  double begin = now();
  for (ssize_t length; (length = getline(&line, &size, requests)) > 0; started++) {
    members = realloc(members, (started + 1) * sizeof *members);
    require(members != NULL, "memory");
    members[started] = start(arguments + 2);
    require(write(members[started].in, line, (size_t)length) == length, "write");
  }
  wait_for_answers(members, started);
  printf("{\"seconds\":%.3f}\n", now() - begin);
  fflush(stdout);

  while (read(0, &(char){0}, 1) > 0) continue;
  for (size_t i = 0; i < started; i++) close(members[i].in);
  for (size_t i = 0; i < started; i++) waitpid(members[i].pid, NULL, 0);
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  printf("{\"cpuMs\":%.3f}\n", (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
                                  (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3);
  return 0;
}
