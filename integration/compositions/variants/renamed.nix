# Mastodon gets another domain, although other servers know it.
{ operator, ... }:
{ lib, ... }:
lib.mkIf (operator == "alice") {
  mastodon.social.size = "medium";
  mastodon.social.domain = lib.mkForce "elsewhere.example.test";
}
