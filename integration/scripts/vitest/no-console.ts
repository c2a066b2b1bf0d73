// A test that prints hides what another test has to say. A value to look at belongs into an expectation.
for (const method of ["debug", "error", "info", "log", "trace", "warn"] as const) {
  console[method] = (...values: unknown[]) => {
    throw new Error(`console.${method} was called in a test: ${values.map(String).join(" ")}`);
  };
}
