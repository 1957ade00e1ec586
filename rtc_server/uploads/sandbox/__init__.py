"""Takes rights away from the process that decodes uploads, with what the kernel offers."""
