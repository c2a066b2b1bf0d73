# Pixelfed moves to another hosting provider.
{ otherHostProfile, ... }:
{
  mastodon.social.size = "medium";
  pixelfed.photos.hostProfile = otherHostProfile;
}
