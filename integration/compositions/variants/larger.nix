# Mastodon grows.
_: { mastodon.social.size = "medium"; }
