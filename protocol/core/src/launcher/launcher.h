// The launcher is the executable that NixOps4 starts for each resource. It passes the requests of its input to a worker, which
// all launchers of one apply share, and becomes the provider itself if anything is unusual (docs/adr/022-worker.md).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#if !defined NODE || !defined MAIN
#error "Define NODE, the path of Node, and MAIN, the path of the provider's main chunk."
#endif

/** The argument of the provider's main chunk that makes it a worker. worker.ts reads it. */
#define WORKER_ARGUMENT "--worker"
/** Descriptors that a worker inherits: its listening socket, and the folder of that socket. */
enum { LISTENER = 3, FOLDER = 4 };
/** A worker that has sent nothing for this long, in seconds, while it has a request, is killed. It sends a frame every 10 s. */
#ifndef SILENCE_SECONDS
#define SILENCE_SECONDS 30
#endif

/** Name of a worker's socket in its folder: `worker-` and 32 hexadecimal digits. */
struct name {
  char text[40];
};

struct worker {
  int socket;
  pid_t pid;
};

/** The signal that asked this process to stop; 0 if none did. Only `relay` waits for signals, others have their default effect. */
extern volatile int stop_signal;

// environment.c
/** Hashes what would make one process differ from another. False if the system does not tell it. */
bool name_worker(struct name *name);
/** The environment as one block, each variable with its final NUL, as in /proc/self/environ. Null if memory is short. */
char *environment_block(size_t *length);

// folder.c
/** Opens the folder of this user's workers, which nobody else can enter or replace; -1 if there is none. */
int open_folder(void);

// worker.c
/** Connects to the worker of this name, which is started if necessary. False if there is none that can be used. */
bool reach_worker(int folder, const struct name *name, struct worker *worker);

// relay.c
/** Passes requests and answers on until the input ends, and ends this process. Becomes the provider if the worker ends. */
_Noreturn void relay(struct worker worker, int folder);

// input.c
/** The lines that were read and not answered, in the form that is sent: a length in 4 bytes before each line. */
struct input {
  char *bytes;
  size_t length, capacity;
  /** Bytes of complete lines, which may be sent; of these, `sent` are. */
  size_t complete, sent;
  /** Start of the line that is being read; `complete` if none is. */
  size_t lines;
  bool ended;
};
/** Reads once from stdin. False if memory is short. */
bool read_input(struct input *input);
/** Removes the oldest line, which was answered. False if no line was sent that could have been. */
bool drop_line(struct input *input);
/** Writes the lines as they were read. */
bool write_input(const struct input *input, int fd);
/** Whether stdin has plain requests, not tagged ones. Waits for the first bytes, and leaves them there. */
bool has_plain_requests(void);

// direct.c
/** Replaces this process by the provider, which gets stdin as it is. */
_Noreturn void become_provider(char **arguments);
/** Replaces it by the provider, whose input are these lines, and then stdin. */
_Noreturn void hand_over(const struct input *input);
/** Waits for one of the places that limit the providers without a worker. Returns early if `stop_signal` is set. */
void take_place(int folder);

// bytes.c
bool write_all(int fd, const void *bytes, size_t length);
/** Makes room for `more` bytes after the first `length`. False if memory is short. */
bool reserve(char **bytes, size_t *capacity, size_t length, size_t more);
