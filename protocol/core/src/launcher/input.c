#define _GNU_SOURCE
#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 4, BLOCK = 65536 };
/** In place of a length: the input has ended. */
static const uint32_t end_of_input = UINT32_MAX;

static void set_length(struct input *input, size_t at, uint32_t length) { memcpy(input->bytes + at, &length, HEADER); }

/** Ends the line that is being read: it may be sent. */
static void complete_line(struct input *input) {
  set_length(input, input->complete, (uint32_t)(input->length - input->complete - HEADER));
  input->complete = input->length;
  input->lines++;
}

static bool append(struct input *input, const char *bytes, size_t length) {
  bool starts = input->length == input->complete;
  if (!reserve(&input->bytes, &input->capacity, input->length, length + 2 * HEADER)) return false;
  if (starts) input->length += HEADER;
  memcpy(input->bytes + input->length, bytes, length);
  input->length += length;
  return input->length - input->complete < end_of_input;
}

static bool end_input(struct input *input) {
  if (input->ended) return true;
  input->ended = true;
  // The last line needs no newline.
  if (input->length > input->complete) complete_line(input);
  if (!reserve(&input->bytes, &input->capacity, input->length, HEADER)) return false;
  set_length(input, input->length, end_of_input);
  input->length = input->complete = input->length + HEADER;
  return true;
}

bool read_input(struct input *input) {
  char block[BLOCK];
  ssize_t length = read(0, block, sizeof block);
  if (length < 0) return errno == EINTR || errno == EAGAIN || end_input(input);
  if (length == 0) return end_input(input);
  for (const char *at = block, *end = block + length; at < end;) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    const char *next = newline == NULL ? end : newline + 1;
    if (!append(input, at, (size_t)(next - at))) return false;
    if (newline != NULL) complete_line(input);
    at = next;
  }
  return true;
}

static uint32_t length_at(const struct input *input, size_t at) {
  uint32_t length;
  memcpy(&length, input->bytes + at, HEADER);
  return length;
}

bool drop_line(struct input *input) {
  if (input->lines == 0) return false;
  size_t size = HEADER + (size_t)length_at(input, 0);
  if (input->sent < size) return false;
  memmove(input->bytes, input->bytes + size, input->length - size);
  input->length -= size;
  input->complete -= size;
  input->sent -= size;
  input->lines--;
  return true;
}

bool write_input(const struct input *input, int fd) {
  size_t at = 0;
  for (size_t line = 0; line < input->lines; line++) {
    uint32_t length = length_at(input, at);
    if (!write_all(fd, input->bytes + at + HEADER, length)) return false;
    at += HEADER + length;
  }
  // What follows the lines is the beginning of the next one, or the mark of the end.
  return input->ended || input->length == at || write_all(fd, input->bytes + at + HEADER, input->length - at - HEADER);
}

/** Reads the first bytes of stdin without removing them; -1 if that is not possible. */
static ssize_t peek(char *bytes, size_t size) {
  struct stat input;
  if (fstat(0, &input) != 0) return -1;
  if (S_ISSOCK(input.st_mode)) return recv(0, bytes, size, MSG_PEEK);
  if (S_ISREG(input.st_mode)) return pread(0, bytes, size, lseek(0, 0, SEEK_CUR));
  int copy[2];
  if (!S_ISFIFO(input.st_mode) || pipe2(copy, O_CLOEXEC) != 0) return -1;
  ssize_t length = tee(0, copy[1], size, 0);
  if (length > 0) length = read(copy[0], bytes, (size_t)length);
  close(copy[0]);
  close(copy[1]);
  return length;
}

bool has_plain_requests(void) {
  static const char tagged[] = "{\"taggedRequest\"";
  char start[sizeof tagged - 1];
  ssize_t length = peek(start, sizeof start);
  return length > 0 && !(length == sizeof start && memcmp(start, tagged, sizeof start) == 0);
}
