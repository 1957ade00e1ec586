// A browser without frame callbacks. The camera that films the screen keeps its own.
delete HTMLVideoElement.prototype.requestVideoFrameCallback;
