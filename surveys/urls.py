"""The pages of this app, for participants and in the admin."""

app_name = "surveys"

urlpatterns: list = []
