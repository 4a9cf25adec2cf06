"""What made-up people say (pure)."""

MEET_AT = (
    "The café in the library",
    "Reading room, Old Quay",
    "A walk along the canal, from the lock",
    "By phone",
    "Video call, the link is in my calendar",
    "The bench by the lighthouse, or the kiosk if it rains",
)
HOW = {
    "mentor": (
        "We went through the application line by line, and laughed about my first one.",
        "Good talk. Next time we practise the interview.",
        "Shorter than planned, but we have a date.",
        "I mostly listened today.",
        "We walked, which was better than sitting.",
    ),
    "mentee": (
        "I finally asked what I did not dare to ask at work.",
        "I have two names to write to until next time.",
        "We talked about saying no. Useful.",
        "I came with one question and left with three better ones.",
        "It helps to hear that others took detours.",
    ),
}
TALKED = (
    "Called both. The mentor had changed shifts; they have a new day now.",
    "Talked with each of them: a busy month, nothing more.",
    "They had met without saying so here.",
    "Both would like to go on. They meet next week.",
)
TOO_MUCH = (
    "My mother came out of hospital last week and I am with her most evenings. I like all three of them and do not "
    "want to do this badly. Could somebody else take over, please?"
)
MOVED_ON = "I have found the job I was looking for, thanks to the practice interviews."
WISH_CALL = "I would like to change what we meet for, and do not know how to say it without sounding ungrateful."
