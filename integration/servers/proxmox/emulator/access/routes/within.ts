import { failure, Refusal } from "../../refusal.ts";

/** Does it under the lock of user.cfg, whose errors name the operation. Source: PVE/AccessControl.pm: lock_user_config */
export function within<Result>(operation: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal && error.status === 500) throw failure(`${operation} failed: ${error.message}`);
    throw error;
  }
}
