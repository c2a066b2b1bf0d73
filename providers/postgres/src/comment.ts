import { withMark, type Mark } from "@nixops4-resources/protocol-core";
import { sql, type Sql } from "@nixops4-resources/protocol-postgres";

/**
 * Our mark is a line of the object's comment; a person's words on other lines stay. `target` is what COMMENT ON takes,
 * such as `role "app"`, and `comment` what is there.
 */
export const commentWithMark = (target: Sql, comment: string | null, mark: Mark | undefined): Sql =>
  sql`comment on ${target} is ${withMark(comment, mark)}`;
