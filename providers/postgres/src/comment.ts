import { withMark, type Mark } from "@nixops4-resources/protocol-core";
import { sql, type Sql } from "@nixops4-resources/protocol-postgres";

/**
 * Writes the mark as a line of the object's comment, or removes it if undefined; other lines stay. `target` is the
 * operand of COMMENT ON, such as `role "app"`. `comment` is the current comment.
 */
export const commentWithMark = (target: Sql, comment: string | null, mark: Mark | undefined): Sql =>
  sql`comment on ${target} is ${withMark(comment, mark)}`;
