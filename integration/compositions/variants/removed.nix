# Pixelfed is no longer declared.
_:
{ lib, ... }:
{
  mastodon.social.size = "medium";
  pixelfed = lib.mkForce { };
}
