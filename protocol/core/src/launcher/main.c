#define _GNU_SOURCE
#include "launcher.h"
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

volatile int stop_signal;

static bool is_switched_off(void) {
  const char *value = getenv("NIXOPS4_RESOURCES_WORKER");
  return value != NULL && strcmp(value, "off") == 0;
}

/** Whether the provider has to be a command line, or a plugin of OpenTofu. */
static bool is_other_program(int count) { return count > 1 || getenv("TF_PLUGIN_MAGIC_COOKIE") != NULL; }

int main(int count, char **arguments) {
  // With the rights of another user, the environment must not decide what runs.
  if (getauxval(AT_SECURE) != 0) return 126;
  unsetenv("NODE_OPTIONS");
  // Tagged requests share a process already. Their senders wait for several providers, so that places could block each other.
  if (is_other_program(count) || !has_plain_requests()) become_provider(arguments);
  struct name name;
  struct worker worker;
  int folder = open_folder();
  if (folder < 0) become_provider(arguments);
  if (!is_switched_off() && name_worker(&name) && reach_worker(folder, &name, &worker)) relay(worker, folder);
  take_place(folder);
  become_provider(arguments);
}
