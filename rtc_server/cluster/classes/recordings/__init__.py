"""Recordings of live classes on session hosts, which become lessons at a front.

A host records to its own disk. The front of its machine, which has the same disk, takes the file
from there as it takes an upload, and makes the lesson. All of it travels with the host's reports:

host: `host_recordings` --offers (report)--> front: `front_recordings` --file--> uploads
                        <--answers (request)--          | `kept_jobs`: what becomes of each
other fronts <--jobs (report)-- host <--jobs (request)--'
"""
