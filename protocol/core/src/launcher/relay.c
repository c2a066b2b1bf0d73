#define _GNU_SOURCE
#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Code of the error of a request that a signal interrupted (report/errors.ts). */
#define INTERRUPTED "protocol.interrupted"
/** Frames of a worker: a letter, the length of the content in 4 bytes, the content. */
enum { FRAME_HEADER = 5, LARGEST_FRAME = 1 << 30, BLOCK = 65536 };
/** Input that is read ahead of what the worker has taken, in bytes. */
enum { READ_AHEAD = 1 << 20 };

struct relay {
  struct worker worker;
  int folder;
  struct input input;
  char *frames;
  size_t length, capacity;
};

static void note_signal(int signal) { stop_signal = signal; }

static void catch_signal(int signal) {
  struct sigaction before;
  sigaction(signal, NULL, &before);
  if (before.sa_handler != SIG_IGN) sigaction(signal, &(struct sigaction){.sa_handler = note_signal}, NULL);
}

/** Ends as a process that the signal ended, while no request is in hand; else with the status that a shell reports. */
static _Noreturn void end_by_signal(bool answered) {
  if (!answered) {
    signal(stop_signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    raise(stop_signal);
    sigprocmask(SIG_SETMASK, &none, NULL);
  }
  _exit(128 + stop_signal);
}

/** Answers what was sent and is not answered: it is not repeated, since somebody wants this process to end. */
static _Noreturn void answer_interrupted(const struct relay *relay) {
  static const char answer[] =
      "{\"errorResponse\":{\"message\":\"[" INTERRUPTED "] Unable to finish the request: a signal asked this process to "
      "stop, and its worker ended before the answer, so it is unknown what was written.\\nHint: Apply again: the provider "
      "reads the existing object and continues from there.\"}}\n";
  for (size_t line = 0; line < relay->input.lines; line++) write_all(1, answer, sizeof answer - 1);
  end_by_signal(true);
}

/** The worker is gone: the provider itself answers what is not answered yet, and all that follows. */
static _Noreturn void go_on_without_worker(const struct relay *relay, sigset_t *deliver) {
  close(relay->worker.socket);
  bool has_lines = relay->input.lines > 0;
  if (!has_lines && relay->input.ended) _exit(0);
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, deliver, &blocked);
  if (stop_signal == 0) take_place(relay->folder);
  sigprocmask(SIG_SETMASK, &blocked, NULL);
  if (stop_signal == 0) hand_over(&relay->input);
  if (has_lines) answer_interrupted(relay);
  end_by_signal(false);
}

/** Kills a worker that has been silent for too long. While it holds the connection, its process id is no other's. */
static void kill_silent(const struct worker *worker) {
  int process = pidfd_open(worker->pid, 0);
  if (process < 0) return;
  struct pollfd connection = {.fd = worker->socket, .events = POLLIN};
  if (poll(&connection, 1, 0) == 0) pidfd_send_signal(process, SIGKILL, NULL, 0);
  close(process);
}

/** Passes a frame on. False if the worker sent what no worker sends. */
static bool pass(struct relay *relay, char kind, const char *content, size_t length) {
  switch (kind) {
    case 'B':
      return length == 0;
    case 'E':
      // An answer matters more than a stderr that nobody reads.
      write_all(2, content, length);
      return true;
    case 'A':
      if (!drop_line(&relay->input)) return false;
      // A reader that is gone does not need this process any more. The next apply finds the object.
      if (!write_all(1, content, length)) _exit(0);
      if (stop_signal != 0 && relay->input.lines == 0) end_by_signal(true);
      return true;
    case 'X':
      if (length != 1 || relay->input.lines > 0 || !relay->input.ended) return false;
      _exit(content[0]);
    default:
      return false;
  }
}

/** Reads frames, and passes the complete ones on. False if the worker is gone or broken. */
static bool receive(struct relay *relay) {
  if (!reserve(&relay->frames, &relay->capacity, relay->length, BLOCK)) return false;
  ssize_t received = recv(relay->worker.socket, relay->frames + relay->length, relay->capacity - relay->length, 0);
  if (received < 0) return errno == EINTR || errno == EAGAIN;
  if (received == 0) return false;
  relay->length += (size_t)received;
  size_t at = 0;
  while (relay->length - at >= FRAME_HEADER) {
    const char *frame = relay->frames + at;
    uint32_t length;
    memcpy(&length, frame + 1, sizeof length);
    if (length > LARGEST_FRAME) return false;
    if (relay->length - at - FRAME_HEADER < length) break;
    if (!pass(relay, *frame, frame + FRAME_HEADER, length)) return false;
    at += FRAME_HEADER + length;
  }
  memmove(relay->frames, relay->frames + at, relay->length - at);
  relay->length -= at;
  return true;
}

static bool send_lines(struct input *input, int connection) {
  ssize_t sent = send(connection, input->bytes + input->sent, input->complete - input->sent, 0);
  if (sent < 0) return errno == EINTR || errno == EAGAIN;
  input->sent += (size_t)sent;
  return true;
}

/** Waits for what comes next, and does it. False if the worker is gone. */
static bool turn(struct relay *relay, const sigset_t *deliver) {
  struct input *input = &relay->input;
  bool to_send = input->sent < input->complete;
  bool to_read = !input->ended && input->length - input->sent < READ_AHEAD;
  // A line that is longer than that is read to its end.
  if (!to_send) to_read = !input->ended;
  struct pollfd files[] = {
      {.fd = relay->worker.socket, .events = (short)(to_send ? POLLIN | POLLOUT : POLLIN)},
      {.fd = to_read ? 0 : -1, .events = POLLIN},
  };
  const struct timespec silence = {.tv_sec = SILENCE_SECONDS};
  int ready = ppoll(files, 2, input->lines > 0 ? &silence : NULL, deliver);
  if (ready < 0) return errno == EINTR;
  if (ready == 0) {
    kill_silent(&relay->worker);
    return false;
  }
  // Answers first: a worker that ended has perhaps answered before.
  if ((files[0].revents & ~POLLOUT) != 0 && !receive(relay)) return false;
  if ((files[0].revents & POLLOUT) != 0 && input->sent < input->complete && !send_lines(input, relay->worker.socket))
    return false;
  if (files[1].revents != 0 && !read_input(input)) _exit(1);
  return true;
}

void relay(struct worker worker, int folder) {
  struct relay relay = {.worker = worker, .folder = folder};
  fcntl(worker.socket, F_SETFL, O_NONBLOCK);
  sigset_t stops, deliver;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  sigprocmask(SIG_BLOCK, &stops, &deliver);
  signal(SIGPIPE, SIG_IGN);
  catch_signal(SIGINT);
  catch_signal(SIGTERM);
  for (;;) {
    if (stop_signal != 0 && relay.input.lines == 0) end_by_signal(false);
    if (!turn(&relay, &deliver)) go_on_without_worker(&relay, &deliver);
  }
}
