# The buckets of PeerTube by purpose. Browsers read the first three; each file of the others is for one person.
# https://docs.joinpeertube.org/admin/remote-storage
mediaHost: {
  videos.host = "videos.${mediaHost}";
  playlists.host = "playlists.${mediaHost}";
  captions.host = "captions.${mediaHost}";
  userExports.host = null;
  originalFiles.host = null;
}
