# Pixelfed is to be destroyed with all data.
_: {
  mastodon.social.size = "medium";
  pixelfed.photos.deletion = "delete";
}
