#define _GNU_SOURCE
#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/** Largest number of launchers that wait for a worker to accept them. */
enum { BACKLOG = 4096 };
/** How long a worker that failed to start is not started again, in seconds. Its name changes when its files do. */
enum { FAILURE_SECONDS = 60 };
/** How long another launcher may take to start a worker, in seconds: it may be stopped. */
enum { START_SECONDS = 10 };

/** The path leads through the open folder, so that it is short, and no other folder can take its place. */
static struct sockaddr_un address_of(int folder, const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder, name);
  return address;
}

/** A connection to whoever listens, if it is this user. -1 if not, with the reason in errno. */
static int dial(int folder, const struct name *name) {
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) return -1;
  const struct timeval limit = {.tv_sec = SILENCE_SECONDS};
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  struct sockaddr_un address = address_of(folder, name->text);
  struct ucred peer;
  socklen_t length = sizeof peer;
  bool connected = connect(connection, (struct sockaddr *)&address, sizeof address) == 0;
  int reason = errno;
  if (connected && getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid())
    return connection;
  close(connection);
  errno = connected ? EPERM : reason;
  return -1;
}

/** Becomes the worker, apart from the terminal and the process group of the apply. */
static _Noreturn void become_worker(int listener, int folder, const struct name *name) {
  setsid();
  int nothing = open("/dev/null", O_RDWR);
  // Copies above those that follow, so that none overwrites another.
  listener = fcntl(listener, F_DUPFD, 10);
  folder = fcntl(folder, F_DUPFD, 10);
  if (nothing < 0 || listener < 0 || folder < 0) _exit(127);
  for (int fd = 0; fd < LISTENER; fd++) dup2(nothing, fd);
  dup2(listener, LISTENER);
  dup2(folder, FOLDER);
  close_range(FOLDER + 1, ~0U, 0);
  // A core dump would have the secrets of all requests.
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  execv(NODE, (char *[]){(char *)NODE, (char *)MAIN, (char *)WORKER_ARGUMENT, (char *)name->text, NULL});
  _exit(127);
}

/** Starts a worker. Its socket gets its name when it is ready, so that there is always a listener behind the name. */
static bool start(int folder, const struct name *name) {
  char draft[sizeof name->text + 4];
  snprintf(draft, sizeof draft, "%s.new", name->text);
  unlinkat(folder, draft, 0);
  struct sockaddr_un address = address_of(folder, draft);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return false;
  pid_t worker = -1;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, BACKLOG) == 0 &&
      renameat(folder, draft, folder, name->text) == 0) {
    worker = fork();
    if (worker == 0) become_worker(listener, folder, name);
  }
  if (worker < 0) unlinkat(folder, draft, 0);
  close(listener);
  return worker >= 0;
}

/** The file that remembers a worker which failed to start. */
static void name_failure(char path[static 64], const struct name *name) { snprintf(path, 64, "%s.failed", name->text); }

static bool has_failed(int folder, const struct name *name) {
  char path[64];
  struct stat file;
  name_failure(path, name);
  if (fstatat(folder, path, &file, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (time(NULL) - file.st_mtime < FAILURE_SECONDS) return true;
  unlinkat(folder, path, 0);
  return false;
}

static void remember_failure(int folder, const struct name *name) {
  char path[64];
  name_failure(path, name);
  int file = openat(folder, path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return;
  futimens(file, NULL);
  close(file);
}

static void do_nothing(int signal) { (void)signal; }

/** Whether the file still has this name: the one who had the lock before removes it. */
static bool is_named(int folder, int file, const char *name) {
  struct stat opened, named;
  return fstat(file, &opened) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_ino == named.st_ino;
}

/** Takes the lock under which one launcher starts a worker; -1 if that is not possible. */
static int lock(int folder, const char *name) {
  sigaction(SIGALRM, &(struct sigaction){.sa_handler = do_nothing}, NULL);
  alarm(START_SECONDS);
  int file;
  for (;;) {
    file = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 || (flock(file, LOCK_EX) == 0 && is_named(folder, file, name))) break;
    bool is_late = errno == EINTR;
    close(file);
    file = -1;
    if (is_late) break;
  }
  alarm(0);
  return file;
}

/** Connects to the worker, after starting it if nobody has. -1 if that is not possible, or did not succeed before. */
static int dial_or_start(int folder, const struct name *name) {
  char path[64];
  snprintf(path, sizeof path, "%s.lock", name->text);
  int file = lock(folder, path);
  if (file < 0) return -1;
  int connection = dial(folder, name);
  // Any other reason, such as a worker that accepts nobody for a long time, says that somebody listens.
  if (connection < 0 && (errno == ECONNREFUSED || errno == ENOENT)) {
    unlinkat(folder, name->text, 0);
    if (!has_failed(folder, name) && start(folder, name)) connection = dial(folder, name);
  }
  unlinkat(folder, path, 0);
  close(file);
  return connection;
}

enum greeting { ACCEPTED, GONE, UNUSABLE };

/** Shows the environment, which the worker compares with its own, and receives its process id. */
static enum greeting greet(struct worker *worker) {
  size_t size;
  char *block = environment_block(&size);
  if (block == NULL) return UNUSABLE;
  uint32_t length = (uint32_t)size;
  bool sent = write_all(worker->socket, &length, sizeof length) && write_all(worker->socket, block, size);
  free(block);
  if (!sent) return GONE;
  struct __attribute__((packed)) {
    char kind;
    uint32_t length, pid;
  } answer;
  ssize_t received = recv(worker->socket, &answer, sizeof answer, MSG_WAITALL);
  if (received == 0 || (received < 0 && errno == ECONNRESET)) return GONE;
  if (received != sizeof answer || answer.kind != 'H' || answer.length != sizeof answer.pid) return UNUSABLE;
  worker->pid = (pid_t)answer.pid;
  return ACCEPTED;
}

bool reach_worker(int folder, const struct name *name, struct worker *worker) {
  // A worker may end between the connection and its greeting, when it has waited long enough, so there is a second one.
  for (int attempt = 0; attempt < 2; attempt++) {
    worker->socket = dial(folder, name);
    if (worker->socket < 0) worker->socket = dial_or_start(folder, name);
    if (worker->socket < 0) return false;
    enum greeting greeting = greet(worker);
    if (greeting == ACCEPTED) return true;
    close(worker->socket);
    if (greeting == UNUSABLE) return false;
  }
  remember_failure(folder, name);
  return false;
}
