"""A class whose learners are on several session hosts.

The class lives on its home host. Another host that has learners of it is a guest host: what stands
for the class there is a guest class, which learners' seats know as they know a classroom.

home host: `home_guests` - a remote seat is a member's session on a guest host
   ^ updates: who is there, samples, hands, summaries (twice a second, or at once)
   v news: the clock, what is said to each (as soon as there is any)
guest host: `guest_class`, kept up to date by its `link`; `guest_classes` has all of a host

All of it travels by calls of the hosts' actors (`handle`), in the objects of `messages`.
"""
