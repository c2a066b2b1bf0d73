// Output of a test hides the reports of others. Use an expectation to check a value.
for (const method of ["debug", "error", "info", "log", "trace", "warn"] as const) {
  console[method] = (...values: unknown[]) => {
    throw new Error(`console.${method} was called in a test: ${values.map(String).join(" ")}`);
  };
}
