"""Classes on session hosts: each lives on one of them, and any front finds it.

Where that host has no room, learners of the class are on others (`spread`).

teacher, learners --HTTP--> front: `front_classes` finds the class's host by its code
                              |  `handle` -- actor calls --> `host_classes` on that host
front <--reports-- host: which classes there are (`news`), kept by `class_store`
"""
