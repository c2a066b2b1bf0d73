import type { Provider } from "./provider.ts";
export function commandLine(_provider: Provider, _args: string[]): Promise<number> {
  return Promise.resolve(0);
}
